/** The text of a document in Rich Text Format 1.9.1: control words that are text or lines, and none of what is set beside it. */

/** Real documents nest a few dozen. */
const maxDepth = 1_000;

/** Groups whose content is no text of the page; those that begin with `\*` are left out too. */
const besides: ReadonlySet<string> = new Set([
  'fonttbl', 'colortbl', 'stylesheet', 'info', 'pict', 'object', 'header', 'headerl', 'headerr', 'headerf', 'footer', 'footerl', 'footerr', 'footerf',
  'footnote', 'fldinst', 'listtable', 'listoverridetable', 'revtbl', 'rsidtbl', 'generator', 'themedata', 'colorschememapping', 'datastore', 'latentstyles', 'xmlnstbl', 'filetbl',
]);

const words: Readonly<Record<string, string>> = {
  par: '\n', line: '\n', sect: '\n', page: '\n', row: '\n', tab: '\t', cell: '\t', nestcell: '\t', nestrow: '\n',
  emdash: '\u2014', endash: '\u2013', bullet: '\u2022', lquote: '\u2018', rquote: '\u2019', ldblquote: '\u201c', rdblquote: '\u201d', emspace: ' ', enspace: ' ', qmspace: ' ',
};
/** Control symbols (https://www.biblioscape.com/rtf15_spec.htm#Heading8): a space and a hyphen that break no line, one that is set where a line breaks. */
const symbols: Readonly<Record<string, string>> = { '~': ' ', _: '-', '-': '', '\\': '\\', '{': '{', '}': '}', '\n': '\n', '\r': '\n' };

/** Code pages that are called otherwise than `windows-` and their number. */
const codePages: Readonly<Record<number, string>> = { 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 10000: 'macintosh', 65001: 'utf-8', 866: 'ibm866', 874: 'windows-874' };

/** Text that is hidden, or was struck out; `\v0` ends what `\v` begins. */
const unseen: ReadonlySet<string> = new Set(['v', 'strike', 'striked', 'deleted']);

interface Group {
  /** Nothing of it is text of the page. */
  readonly skipped: boolean;
  /** The words of `unseen` that hold. */
  readonly unseen: readonly string[];
  /** How many characters stand behind `\u` for readers who do not know it. */
  readonly replaced: number;
}

/** @returns `undefined` where it is no RTF */
export function rtfText(bytes: Uint8Array): string | undefined {
  const source = Buffer.from(bytes).toString('latin1');
  if (!/^\s*\{\\rtf/.test(source)) return undefined;
  return new RtfReader(source).read();
}

/** One of `\word`, with its number; `\'hh`; `\` and another character; or text to the next of these. */
const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|([^\\{}]+)/giy;

class RtfReader {
  readonly #source: string;
  readonly #groups: Group[] = [];
  #group: Group = { skipped: false, unseen: [], replaced: 1 };
  #decoder = new TextDecoder('windows-1252');
  #pieces: string[] = [];
  #bytes: number[] = [];
  /** Characters to be passed over, which replace one that was read. */
  #replacing = 0;
  #depth = 0;
  #starred = false;

  constructor(source: string) {
    this.#source = source;
  }

  read(): string | undefined {
    token.lastIndex = 0;
    for (let at = 0; at < this.#source.length; at = token.lastIndex) {
      const found = token.exec(this.#source);
      // A lone backslash at the end.
      if (found === null) break;
      const [, word, number, byte, symbol, brace, text] = found;
      if (byte !== undefined) this.#byte(Number.parseInt(byte, 16));
      else if (word !== undefined) this.#word(word.toLowerCase(), number);
      else if (symbol !== undefined) this.#symbol(symbol);
      else if (brace !== undefined) this.#brace(brace);
      else this.#text(text ?? '');
      if (this.#depth > maxDepth) return undefined;
    }
    this.#flush();
    return this.#pieces.join('');
  }

  #brace(brace: string): void {
    this.#flush();
    this.#replacing = 0;
    this.#depth += brace === '{' ? 1 : -1;
    if (brace === '{') this.#groups.push(this.#group);
    else this.#group = this.#groups.pop() ?? this.#group;
  }

  #word(word: string, number: string | undefined): void {
    const starred = this.#starred;
    this.#starred = false;
    if (starred || besides.has(word)) this.#group = { ...this.#group, skipped: true };
    else if (unseen.has(word)) this.#hide(word, number);
    else if (word === 'plain') this.#group = { ...this.#group, unseen: [] };
    else if (word === 'u') this.#unicode(Number(number));
    else if (word === 'uc') this.#group = { ...this.#group, replaced: Math.min(Math.max(Number(number), 0), 100) };
    else if (word === 'bin') token.lastIndex += Math.max(Number(number ?? 0), 0);
    else if (word === 'ansicpg') this.#codePage(Number(number));
    else if (Object.hasOwn(words, word)) this.#add(words[word]!);
  }

  #hide(word: string, number: string | undefined): void {
    this.#flush();
    const others = this.#group.unseen.filter((each) => each !== word);
    this.#group = { ...this.#group, unseen: number === '0' ? others : [...others, word] };
  }

  #isUnseen(): boolean {
    return this.#group.skipped || this.#group.unseen.length > 0;
  }

  #symbol(symbol: string): void {
    if (symbol === '*') this.#starred = true;
    else this.#add(symbols[symbol] ?? '');
  }

  /** Lines of the file are no lines of the text. */
  #text(text: string): void {
    const seen = text.replaceAll(/[\r\n]+/g, '');
    const passed = Math.min(this.#replacing, seen.length);
    this.#replacing -= passed;
    this.#add(seen.slice(passed));
  }

  #byte(byte: number): void {
    if (this.#replacing > 0) this.#replacing -= 1;
    else if (!this.#isUnseen()) this.#bytes.push(byte);
  }

  #unicode(unit: number): void {
    this.#add(String.fromCharCode(unit < 0 ? unit + 0x1_0000 : unit));
    this.#replacing = this.#group.replaced;
  }

  #codePage(number: number): void {
    try {
      this.#decoder = new TextDecoder(codePages[number] ?? `windows-${number}`);
    } catch {
      // One that is not known is read as the usual one.
    }
  }

  #add(text: string): void {
    this.#flush();
    if (!this.#isUnseen() && text !== '') this.#pieces.push(text);
  }

  /** Bytes of a character may stand behind each other. */
  #flush(): void {
    if (this.#bytes.length === 0) return;
    this.#pieces.push(this.#decoder.decode(Uint8Array.from(this.#bytes)));
    this.#bytes = [];
  }
}
