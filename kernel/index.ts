export { reserve } from './memory';
export {
  columnCuts,
  columnDoubled,
  columnEnds,
  columnMost,
  columnsCut,
  columnsSplit,
  columnStarts,
  columnsWords,
} from './columns';
export {
  cellsAddresses,
  cellsColumns,
  cellsEnds,
  cellsKinds,
  cellsLetters,
  cellsNumbers,
  cellsRead,
  cellsReads,
  cellsStarts,
} from './cells';
export { stepsEnds, stepsList, stepsPut, stepsStarts, stepsStopped, stepsWalk } from './steps';
export { netfilterUsual, netfilterValues } from './netfilter';
export { newPicker, pickedEnds, pickedKinds, pickedStarts, pickerReady } from './picker';
export { jsonKey, jsonRead, jsonTextEnd, jsonValue } from './json';
export { webUsual, webValues } from './web';
export {
  pairsColon,
  pairsDelimited,
  pairsExtension,
  pairsName,
  pairsNumbers,
  pairsQuoted,
  pairsReads,
  pairsReady,
} from './pairs';
export { searchByte, searchWord } from './search';
export { findNeedle, needleBytes, newNeedle } from './find';
export { isoRead, isoSaid } from './stamps';
