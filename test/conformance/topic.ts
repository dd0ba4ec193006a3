import type { Client } from './client.ts';

/** The tests of one part of the interface; `http` is for use inside of tests. */
export type Topic = (http: () => Client) => void;
