/**
 * Offsets as Comprehend Medical counts them. JavaScript counts UTF-16 code units; the service says "the offset returns the
 * UTF-8 code point" (https://docs.aws.amazon.com/comprehend-medical/latest/api/API_Entity.html), so that a character outside
 * the basic plane is one, not two.
 */

/** From places in UTF-16 code units to places in code points; a table is made only of texts that have surrogate pairs. */
export function codePointOffsets(text: string): (codeUnit: number) => number {
  const pairs: number[] = [];
  for (let at = 0; at + 1 < text.length; at += 1) {
    if (isPair(text, at)) {
      pairs.push(at);
      at += 1;
    }
  }
  if (pairs.length === 0) return (codeUnit) => codeUnit;
  return (codeUnit) => codeUnit - countBelow(pairs, codeUnit);
}

/** From places in code points to places in UTF-16 code units: the words of a response are cut out of the text by these. */
export function codeUnitOffsets(text: string): (codePoint: number) => number {
  const pairs: number[] = [];
  for (let at = 0, codePoint = 0; at + 1 < text.length; at += 1, codePoint += 1) {
    if (isPair(text, at)) {
      pairs.push(codePoint);
      at += 1;
    }
  }
  if (pairs.length === 0) return (codePoint) => codePoint;
  return (codePoint) => codePoint + countBelow(pairs, codePoint);
}

function isPair(text: string, at: number): boolean {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  return first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000;
}

/** How many of the ascending numbers are smaller. */
function countBelow(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
