/** Bytes as text, in the encoding that they say, or seem, to be in (https://encoding.spec.whatwg.org/). */

const utf8 = new TextDecoder('utf-8', { fatal: true });
type Decoder = InstanceType<typeof TextDecoder>;
/** What Western text without a word about its encoding is in, where it is not UTF-8; every byte means something in it. */
const usual = 'windows-1252';

/** @param charset as a media type's parameter has it; one that is not known is passed over */
export function decodedText(bytes: Uint8Array, charset?: string): string {
  const marked = byteOrder(bytes);
  if (marked !== undefined) return new TextDecoder(marked).decode(bytes);
  const decoder = decoderOf(charset);
  if (decoder !== undefined && decoder.encoding !== 'utf-8') return decoder.decode(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return new TextDecoder(usual).decode(bytes);
  }
}

/** The parameter of a media type (https://www.rfc-editor.org/rfc/rfc9110#section-8.3.2). */
export function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]{1,40})/i.exec(contentType)?.[1];
}

function byteOrder([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function decoderOf(charset: string | undefined): Decoder | undefined {
  try {
    return charset === undefined ? undefined : new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
