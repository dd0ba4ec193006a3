/** What a command has of the machine: three streams, the environment, and a line that says how far it is. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

/** What takes longer than that says how far it is. */
const patienceMs = 2_000;
/** How often a line on a screen is renewed, and how often a log gets one. */
const screenIntervalMs = 500;
const logIntervalMs = 10_000;

interface Stream extends Writable {
  readonly isTTY?: boolean;
}

export interface Streams {
  readonly input: Readable;
  readonly output: Stream;
  readonly errors: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory. */
  readonly home: string;
}

/** What is being done, shown once it takes long. */
export interface Progress {
  say(text: string): void;
  end(): void;
}

export interface Terminal {
  readonly env: Streams['env'];
  readonly home: string;
  readonly input: Readable;
  /** Whether a person looks at the results as they come. */
  readonly interactive: boolean;
  /** Whether a person sees what is told meanwhile. */
  readonly onScreen: boolean;
  /** Resolves when more can be taken, so that no answer piles up before a slow reader. */
  print(data: string | Uint8Array): Promise<void>;
  /** A line for the person, on standard error. */
  tell(line: string): void;
  /** The same, as what went wrong; the first word coloured where there are colours. */
  complain(line: string): void;
  /** @param text what is being done, as `Waiting for the data store` */
  progress(text: string): Progress;
}

/** A terminal over a process's streams, or over those of a test. */
export function terminal({ input, output, errors, env, home }: Streams): Terminal {
  const onScreen = errors.isTTY === true;
  let shown = false;
  const clear = (): void => {
    if (shown) errors.write('\r\u001B[2K');
    shown = false;
  };
  const tell = (line: string): void => {
    clear();
    errors.write(`${line}\n`);
  };
  return {
    env,
    home,
    input,
    interactive: output.isTTY === true,
    onScreen,
    tell,
    complain: (line) => tell(`${coloured('error:', errors, env)} ${line}`),
    async print(data) {
      if (output.isTTY === true) clear();
      if (!output.write(data)) await once(output, 'drain');
    },
    progress(text) {
      let said = text;
      const began = performance.now();
      let due = patienceMs;
      const show = (): void => {
        const passedMs = performance.now() - began;
        if (passedMs < due) return;
        due = passedMs + (onScreen ? screenIntervalMs : logIntervalMs);
        const line = `${said} … ${Math.floor(passedMs / 1000)} s`;
        if (!onScreen) return void errors.write(`${line}\n`);
        errors.write(`\r\u001B[2K${line}`);
        shown = true;
      };
      const timer = setInterval(show, screenIntervalMs);
      timer.unref();
      return {
        say(now) {
          said = now;
        },
        end() {
          clearInterval(timer);
          clear();
        },
      };
    },
  };
}

function coloured(word: string, stream: Stream, env: Streams['env']): string {
  return stream.isTTY === true && !env['NO_COLOR'] ? styleText('red', word, { validateStream: false }) : word;
}
