/**
 * The links of a narrative: `href` of `a` and `src` of `img` (https://hl7.org/fhir/R4/http.html#trules,
 * https://hl7.org/fhir/R4/narrative.html#xhtml).
 *
 * Only attributes of real tags are touched; text that merely looks like one keeps its characters, since `<` cannot
 * stand in XHTML text.
 */

/** A tag of `a` or `img` with its attributes. Every repetition is delimited, so matching takes linear time. */
const tagPattern = /<(?:a|img)(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))+\s*\/?>/g;
const attributePattern = /(\s(?:href|src)\s*=\s*)("[^"]*"|'[^']*')/g;

/**
 * @param replace the new link for an old one, or `undefined` to leave it
 * @returns the same string when nothing was replaced
 */
export function replaceNarrativeLinks(div: string, replace: (link: string) => string | undefined): string {
  if (!div.includes('href') && !div.includes('src')) return div;
  return div.replace(tagPattern, (tag) =>
    tag.replace(attributePattern, (attribute, before: string, quoted: string) => {
      const replaced = replace(unescapeXml(quoted.slice(1, -1)));
      const quote = quoted.charAt(0);
      return replaced === undefined ? attribute : `${before}${quote}${escapeXml(replaced)}${quote}`;
    }),
  );
}

function unescapeXml(text: string): string {
  return text.includes('&') ? text.replaceAll('&amp;', '&') : text;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
