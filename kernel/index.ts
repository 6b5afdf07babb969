export { reserve } from './memory';
export {
  columnLimit,
  columnsCut,
  columnsSplit,
  columnsWords,
  cuts as columnCuts,
  doubled as columnDoubled,
  ends as columnEnds,
  starts as columnStarts,
} from './columns';
export {
  addresses as cellsAddresses,
  cellsRead,
  columns as cellsColumns,
  ends as cellsEnds,
  kinds as cellsKinds,
  letters as cellsLetters,
  numbers as cellsNumbers,
  reads as cellsReads,
  shown as cellsShown,
  starts as cellsStarts,
  words as cellsWords,
} from './cells';
export { stepsEnds, stepsList, stepsPut, stepsStarts, stepsWalk, stopped as stepsStopped } from './steps';
export { sidesRead, values as sidesValues } from './sides';
export { netfilterUsual, values as netfilterValues } from './netfilter';
export {
  newPicker,
  pickDone,
  pickEnds,
  pickKinds,
  pickNumbers,
  pickReads,
  pickStarts,
  pickWords,
  pickerReady,
} from './picker';
export { jsonKey, jsonRead, jsonTextEnd, jsonValue } from './json';
export { requestUsual, targetAbsolute, targetParts, values as webValues, webUsual } from './web';
export {
  pairsColon,
  pairsDelimited,
  pairsExtension,
  pairsName,
  pairsQuoted,
  pairsReady,
} from './pairs';
export { ends as partEnds, escapes as partEscapes, partsFind, starts as partStarts } from './request-parts';
export { requestRow, row as requestRowValues } from './request-row';
export { unescape } from './escapes';
export { headCount, headFind, headLongest, headPut, headShortest, newHeads } from './heads';
export { searchWord } from './search';
export { marksFind, marksFound, marksList, marksText } from './marks';
export { findLastNeedle, findNeedle, needleBytes, newNeedle } from './find';
export { endpointPort, endpointRead, ipv6Read, words as ipv6Words } from './values';
export { isoRead, said as isoSaid } from './stamps';
export { newWords, wordLimit, wordPut } from './words';
export { breakLimit, breaks, breaksFound } from './breaks';
