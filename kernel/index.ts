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
export { jsonEnds, jsonKey, jsonKinds, jsonPicker, jsonRead, jsonReady, jsonStarts, jsonValue } from './json';
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
