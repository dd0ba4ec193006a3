/** The work of the thread that reads notes, one question after the other: the text of attachments, and the local engine. */
import { parentPort, workerData } from 'node:worker_threads';
import { localEngine } from '../clinical-text/engine.ts';
import { parseLexicon } from '../clinical-text/lexicon/format.ts';
import { textExtractor } from '../machine/note-formats/text-extractor.ts';
import type { OwnLexicon } from './own-lexicon.ts';
import type { ClinicalAnswer, ClinicalQuestion, ClinicalResult, ClinicalTask } from './clinical-messages.ts';

const main = parentPort!;
const lexicon = workerData as OwnLexicon | undefined;
// It was checked before the thread was started.
const engine = localEngine(lexicon && { own: parseLexicon(lexicon.text).entries, revision: lexicon.revision });
let before = Promise.resolve();

main.on('message', (question: ClinicalQuestion) => {
  before = before.then(() => answer(question));
});

async function answer(question: ClinicalQuestion): Promise<void> {
  const { number } = question;
  try {
    main.postMessage({ number, result: await done(question) } satisfies ClinicalAnswer);
  } catch (error) {
    // The message may quote the note.
    const { name, message, stack } = error as Error;
    const places = stack?.slice(stack.indexOf(message) + message.length);
    main.postMessage({ number, failure: { name, ...(places !== undefined && { stack: places }) } } satisfies ClinicalAnswer);
  }
}

function done(task: ClinicalTask): Promise<ClinicalResult> {
  return 'attachment' in task ? textExtractor.extract(task.attachment) : engine[task.operation](task.text);
}
