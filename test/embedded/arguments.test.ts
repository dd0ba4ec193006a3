import { describe, expect, test } from '@jest/globals';
import { defaultSeed, helpText, startArguments, WrongArguments } from '../../src/embedded/arguments.ts';

describe('the command line', () => {
  test('may be empty: a data store with 20 patients in ./data, at port 8080 of this machine', () => {
    expect(startArguments([])).toEqual({
      dataDirectory: 'data',
      host: '127.0.0.1',
      port: 8080,
      population: { patients: 20, seed: defaultSeed },
      populationGiven: false,
    });
  });

  test('names the directory, the port and the population', () => {
    const given = startArguments(['--data', '/tmp/x', '--port=9000', '--patients', '3']);
    expect(given).toMatchObject({ dataDirectory: '/tmp/x', port: 9000, population: { patients: 3 }, populationGiven: true });
    expect(startArguments(['--empty'])).toMatchObject({ population: 'empty', populationGiven: true });
    expect(startArguments(['--patients', '0'])).toMatchObject({ population: 'empty' });
  });

  test('names the search parameters of which a new data store keeps no index', () => {
    expect(startArguments(['--omit-index', 'Observation.value-string, Claim.priority'])).toMatchObject({ omitted: ['Claim.priority', 'Observation.value-string'] });
    expect(startArguments([])).not.toHaveProperty('omitted');
  });

  test('names directories as buckets, as many as wanted', () => {
    const given = startArguments(['--bucket', 'lake=/data/lake', '--bucket', 'out.2026=rel=ative']);
    expect(given).toMatchObject({ buckets: new Map([['lake', '/data/lake'], ['out.2026', 'rel=ative']]) });
    expect(startArguments([])).not.toHaveProperty('buckets');
  });

  test.each([
    ['Observation.nothing', 'is not a search parameter of FHIR R4'],
    ['Observation.code', 'is found by those of Observation.combo-code'],
    ['Observation.code-value-concept', 'has no entries of its own'],
    ['Observation._lastUpdated', 'has no entries of its own'],
  ])('is refused to keep no index of %s, with the reason', (name, reason) => {
    expect(() => startArguments(['--omit-index', name])).toThrow(reason);
  });

  test('asks for help', () => {
    expect(startArguments(['--help'])).toBe('help');
    expect(startArguments(['-h', '--port', '1'])).toBe('help');
    expect(helpText).toContain('npm start -- --port 9000');
  });

  test.each(['127.0.0.1', '::1', '[::1]', 'localhost'])('may name the loopback address %s', (host) => {
    expect(startArguments(['--host', host])).toMatchObject({ host: host.replace(/[[\]]/g, '') });
  });

  test.each(['0.0.0.0', '::', '192.168.0.10', 'example.org'])('is refused the address %s until authorization exists', (host) => {
    expect(() => startArguments(['--host', host])).toThrow('until authorization exists');
  });

  test.each([
    [['--port', 'http'], '--port needs a whole number from 0 to 65535'],
    [['--port', '65536'], '--port needs a whole number from 0 to 65535'],
    [['--patients', '1.5'], '--patients needs a whole number'],
    [['--patients', '-1'], '--patients'],
    [['--empty', '--patients', '5'], 'exclude each other'],
    [['--data', ''], '--data needs the path'],
    [['--data'], '--data'],
    [['--bucket', 'lake'], '--bucket is NAME=DIR'],
    [['--bucket', 'Lake=/data'], '--bucket is NAME=DIR'],
    [['--bucket', 'lake=/a', '--bucket', 'lake=/b'], 'each name stands for one directory'],
    [['--verbose'], '--verbose'],
    [['9000'], '9000'],
  ])('%j is refused with the reason', (words, reason) => {
    expect(() => startArguments(words)).toThrow(WrongArguments);
    expect(() => startArguments(words)).toThrow(reason);
  });
});
