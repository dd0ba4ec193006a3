/**
 * The text of a page of HTML, in lines as a reader sees them: sections and lists of a note are told by its lines
 * (https://html.spec.whatwg.org/multipage/rendering.html#flow-content-3).
 */
import { Tokenizer } from 'htmlparser2';
import { decodedText } from './decoded-text.ts';

/** Whose content nobody sees, or that was struck out. */
const unseen: ReadonlySet<string> = new Set(['s', 'strike', 'del', 'head', 'script', 'style', 'template', 'noscript', 'iframe', 'object', 'svg', 'math', 'select', 'textarea']);
/** Which begin and end a line. */
const blocks: ReadonlySet<string> = new Set([
  'address', 'article', 'aside', 'blockquote', 'body', 'center', 'dd', 'div', 'dl', 'dt', 'fieldset', 'figcaption', 'figure', 'footer', 'form',
  'header', 'hr', 'html', 'li', 'main', 'nav', 'ol', 'pre', 'section', 'table', 'tbody', 'tfoot', 'thead', 'tr', 'ul', 'caption', 'details', 'summary',
]);
/** Which have an empty line around them. */
const paragraphs: ReadonlySet<string> = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'ul', 'ol', 'dl', 'section', 'article']);
/** Whose end need not be said: it is where the next begins. */
const endedByNext: ReadonlySet<string> = new Set(['p', 'li', 'td', 'th', 'tr', 'dt', 'dd']);
/** Which have no content, and no end. */
const empties: ReadonlySet<string> = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
/** How an element says of itself that it is not shown; what a sheet of styles says of it is not read. */
const hidingStyle = /display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden/i;
/** How far a page may say how it is encoded. */
const declaredWithinBytes = 1024;

/** @param charset of its media type, which counts more than what the page says of itself */
export function htmlText(bytes: Uint8Array, charset?: string): string {
  return textOfHtml(decodedText(bytes, charset ?? declaredCharset(bytes)));
}

function declaredCharset(bytes: Uint8Array): string | undefined {
  const beginning = Buffer.from(bytes.subarray(0, declaredWithinBytes)).toString('latin1');
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i.exec(beginning)?.[1];
}

/** Tags are taken as they come: a tree of them, which nobody needs here, can be made to take for ever. */
export function textOfHtml(html: string): string {
  const lines = seenLines();
  const open = { hidden: 0, preformatted: 0 };
  const nameAt = (start: number, end: number): string => html.slice(start, end).toLowerCase();
  const hiding = hidingElement();
  const add = (text: string): void => {
    if (open.hidden === 0 && !hiding.isHidden()) lines.add(text, open.preformatted > 0);
  };
  const tokenizer = new Tokenizer({ decodeEntities: true }, {
    ...passedOver,
    ontext: (start, end) => add(html.slice(start, end)),
    onattribname: (start, end) => hiding.attribute(nameAt(start, end)),
    onattribdata: (start, end) => hiding.value(html.slice(start, end)),
    ontextentity: (codePoint) => add(String.fromCodePoint(codePoint)),
    onopentagname(start, end) {
      const name = nameAt(start, end);
      hiding.open(name);
      // The head need not be closed.
      if (name === 'body') open.hidden = 0;
      if (unseen.has(name)) open.hidden += 1;
      if (name === 'pre') open.preformatted += 1;
      border(lines, name);
      if (name === 'br') lines.break(1);
      if (name === 'li') lines.bullet();
      if (name === 'td' || name === 'th') lines.add(' ');
    },
    onclosetag(start, end) {
      const name = nameAt(start, end);
      hiding.close(name);
      if (unseen.has(name)) open.hidden = Math.max(open.hidden - 1, 0);
      if (name === 'pre') open.preformatted = Math.max(open.preformatted - 1, 0);
      border(lines, name);
    },
  });
  tokenizer.write(html);
  tokenizer.end();
  return lines.text();
}

const nothing = (): void => {};
const passedOver = {
  onattribentity: nothing, onattribend: nothing, oncdata: nothing, oncomment: nothing, ondeclaration: nothing,
  onend: nothing, onopentagend: nothing, onprocessinginstruction: nothing, onselfclosingtag: nothing,
};

/** Follows the outermost element that hides itself, by `hidden` or its style. */
function hidingElement() {
  const state = { opened: '', attribute: '', name: '', depth: 0 };
  const hide = (): void => {
    if (state.depth === 0 && !empties.has(state.opened)) Object.assign(state, { name: state.opened, depth: 1 });
  };
  return {
    isHidden: () => state.depth > 0,
    open(name: string): void {
      state.opened = name;
      if (state.depth > 0 && name === state.name) state.depth += endedByNext.has(name) ? -1 : 1;
    },
    attribute(name: string): void {
      state.attribute = name;
      if (name === 'hidden') hide();
    },
    value(text: string): void {
      if (state.attribute === 'style' && hidingStyle.test(text)) hide();
    },
    close(name: string): void {
      if (state.depth > 0 && name === state.name) state.depth -= 1;
    },
  };
}

function border(lines: SeenLines, name: string): void {
  if (paragraphs.has(name)) lines.break(2);
  else if (blocks.has(name)) lines.end();
}

interface SeenLines {
  add(text: string, asItIs?: boolean): void;
  /** Begins the line of an item of a list. */
  bullet(): void;
  /** Ends the line, where it is begun. */
  end(): void;
  /** @param count 1 a line, 2 with an empty line behind it */
  break(count: 1 | 2): void;
  text(): string;
}

/** White space counts as one space, but for what is set as it is. */
function seenLines(): SeenLines {
  const pieces: string[] = [];
  let line = '';
  let empty = 0;
  const end = (): void => {
    const trimmed = line.trimEnd();
    // The item begins with a block: its text is on the line of the bullet.
    if (trimmed === '-') return;
    if (trimmed !== '') {
      pieces.push(trimmed);
      empty = 0;
    }
    line = '';
  };
  const blank = (): void => {
    if (line.trimEnd() === '-') return;
    if (empty === 0 && pieces.length > 0) pieces.push('');
    empty += 1;
  };
  return {
    add(text, asItIs = false) {
      if (asItIs) {
        for (const [index, part] of text.split(/\r?\n/).entries()) {
          if (index > 0 && line.trim() === '') blank();
          if (index > 0) end();
          line += part;
        }
        return;
      }
      const seen = text.replaceAll(/[\s\u00a0]+/g, ' ');
      line += line === '' || line.endsWith(' ') ? seen.trimStart() : seen;
    },
    bullet() {
      line = '- ';
    },
    end,
    break(count) {
      const begun = line.trim() !== '';
      end();
      if (count === 2 || !begun) blank();
    },
    text() {
      end();
      return `${pieces.join('\n').trim()}\n`;
    },
  };
}
