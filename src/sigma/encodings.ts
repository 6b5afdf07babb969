// The transformations behind base64, base64offset, windash and the UTF-16 modifiers.

/** UTF-16 bytes of a text, as a binary string (one character per byte). */
export function utf16(text: string, order: 'le' | 'be', mark: boolean): string {
  const bytes = Buffer.from(mark ? `\uFEFF${text}` : text, 'utf16le');
  if (order === 'be') bytes.swap16();
  return bytes.toString('latin1');
}

/** @param binary whether each character stands for one byte; otherwise the text is taken as UTF-8 */
export function base64(text: string, binary: boolean): string {
  return Buffer.from(text, binary ? 'latin1' : 'utf8').toString('base64');
}

/**
 * The three forms that a text can take inside a longer Base64 string, one for each position modulo 3, without the
 * characters that its neighbours decide.
 */
export function base64Offsets(text: string, binary: boolean): string[] {
  const bytes = Buffer.from(text, binary ? 'latin1' : 'utf8');
  const start = [0, 2, 3];
  const cut = [0, 3, 2];
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift, 0x20), bytes]).toString('base64');
    return encoded.slice(start[shift], encoded.length - cut[(bytes.length + shift) % 3]);
  });
}

/** Hyphen, slash, en dash, em dash, horizontal bar: what Windows programs take for the start of an option. */
const dashes = ['-', '/', '–', '—', '―'] as const;

/**
 * Every text that results from writing each option dash in all five ways. An option dash is one of the five that
 * stands before a word and not after one. More than four of them (625 texts) give undefined.
 */
export function windash(text: string): string[] | undefined {
  const places = [...text.matchAll(/(?<![A-Za-z0-9_])[-/–—―](?=[A-Za-z0-9_])/g)].map((match) => match.index);
  if (places.length > 4) return undefined;
  let forms = [text];
  for (const place of places)
    forms = forms.flatMap((form) =>
      dashes.map((dash) => form.slice(0, place) + dash + form.slice(place + 1)),
    );
  return forms;
}
