// ASCII codes: see src/bytes/codes.ts.
export const newline: u8 = 10;
export const space: u8 = 32;
export const quote: u8 = 34;
export const comma: u8 = 44;
export const minus: u8 = 45;
export const zero: u8 = 48;
export const nine: u8 = 57;
export const colon: u8 = 58;
export const bracketOpen: u8 = 91;
export const backslash: u8 = 92;
export const bracketClose: u8 = 93;
export const braceOpen: u8 = 123;
export const braceClose: u8 = 125;
