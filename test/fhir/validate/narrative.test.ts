import { describe, expect, test } from '@jest/globals';
import { narrativeComplaint } from '../../../src/fhir/validate/narrative.ts';

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"';
const div = (content: string) => `<div ${xmlns}>${content}</div>`;

describe('The narrative', () => {
  test.each([
    div('Text'),
    div('<p>A &amp; B &lt; C&nbsp;&#160;&#xA0;</p><br/><hr />'),
    div('<!-- a > b --><table class="grid" border=\'1\'><tbody><tr><td colspan="2">1</td></tr></tbody></table>'),
    div(
      '<a href="https://example.org/?a=1&amp;b=2">A</a> <a href="Patient/1">B</a> <a href="#c:d">C</a> <a name="n">D</a> <a href="mailto:a@b">E</a>',
    ),
    div('<img src="#picture" alt="x"/>'),
    div('<img src="data:image/png;base64,QUJD"/>'),
    div('<span style="color: red; background: #fff">Red</span>'),
    `<div ${xmlns} xml:lang="en" lang="en">Text</div>`,
    ` ${div('Text')}\n`,
  ])('may be %s', (html) => {
    expect(narrativeComplaint(html)).toBeUndefined();
  });

  test.each([
    'Text',
    '<p>Text</p>',
    '<div>Text</div>',
    '<div xmlns="urn:other">Text</div>',
    `${div('A')}${div('B')}`,
    `${div('A')} B`,
    '<!-- a --><div/>',
    '',
  ])('is a single div of the XHTML namespace, not %s', (html) => {
    expect(narrativeComplaint(html)).toMatch('single <div');
  });

  test.each([
    div('<p>A'),
    div('<p>A</div>'),
    div('<b><i>A</b></i>'),
    `<div ${xmlns}>A`,
    div('A & B'),
    div('A &amp B'),
    div('<td nowrap>A</td>'),
    div('<p class=a>A</p>'),
    div('<br>'),
    div('A < B'),
    div('<!-- A'),
    div('<![CDATA[A]]>'),
    div('<?php A ?>'),
    div('<!DOCTYPE html>'),
    div('<p>A</P>'),
    div('<h:p>A</h:p>'),
    div('<a href="a&b">A</a>'),
    `<div ${xmlns}`,
  ])('is well-formed, unlike %s', (html) => {
    expect(narrativeComplaint(html)).toMatch(/well-formed/);
  });

  test.each([
    div('<script>alert(1)</script>'),
    div('<SCRIPT>alert(1)</SCRIPT>'),
    div('<p onclick="alert(1)">A</p>'),
    div('<p ONCLICK="alert(1)">A</p>'),
    div('<a href="javascript:alert(1)">A</a>'),
    div('<a href=" JavaScript:alert(1)">A</a>'),
    div('<a href="java&#115;cript:alert(1)">A</a>'),
    div('<a href="java&Tab;script:alert(1)">A</a>'),
    div('<a href="java\nscript:alert(1)">A</a>'),
    div('<a href="javascript&colon;alert(1)">A</a>'),
    div('<a href="\u0001javascript:alert(1)">A</a>'),
    div('<a href="vbscript:a">A</a>'),
    div('<a href="data:text/html,a">A</a>'),
    div('<img src="data:image/svg+xml;base64,QUJD"/>'),
    div('<p style="width: expression(alert(1))">A</p>'),
    div('<p style="background: url(javascript:a)">A</p>'),
    div('<p style="width: ex\\70ression(a)">A</p>'),
  ])('holds no active content, as %s', (html) => {
    expect(narrativeComplaint(html)).toMatch('active content');
  });

  test.each(['form', 'iframe', 'object', 'embed', 'link', 'style', 'base', 'input', 'svg', 'head', 'body', 'constructor'])(
    'has no element %s (txt-1)',
    (name) => {
      expect(narrativeComplaint(div(`<${name}>A</${name}>`))).toMatch('allows');
    },
  );

  test('has no attribute but those of basic formatting (txt-1)', () => {
    expect(narrativeComplaint(div('<p data-a="b">A</p>'))).toMatch('allows');
    expect(narrativeComplaint(div('<p xlink:href="b">A</p>'))).toMatch('allows');
  });

  test('has some content (txt-2)', () => {
    for (const content of ['', ' \n', '<p> </p>', '<!-- A -->', '<img alt="a"/>'])
      expect(narrativeComplaint(div(content))).toMatch('text or an image');
    expect(narrativeComplaint(`<div ${xmlns}/>`)).toMatch('text or an image');
  });
});
