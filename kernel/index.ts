export { reserve } from './memory';
export { jsonEnds, jsonKey, jsonKinds, jsonPicker, jsonRead, jsonReady, jsonStarts, jsonValue } from './json';
