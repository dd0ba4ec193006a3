/** The work of the thread that reads notes: the local engine, one question after the other. */
import { parentPort } from 'node:worker_threads';
import { localEngine } from '../clinical-text/engine.ts';
import type { ClinicalAnswer, ClinicalQuestion } from './clinical-messages.ts';

const main = parentPort!;
const engine = localEngine();

main.on('message', (question: ClinicalQuestion) => void answer(question));

async function answer({ number, operation, text }: ClinicalQuestion): Promise<void> {
  try {
    main.postMessage({ number, entities: await engine[operation](text) } satisfies ClinicalAnswer);
  } catch (error) {
    // The message may quote the note.
    const { name, message, stack } = error as Error;
    const places = stack?.slice(stack.indexOf(message) + message.length);
    main.postMessage({ number, failure: { name, ...(places !== undefined && { stack: places }) } } satisfies ClinicalAnswer);
  }
}
