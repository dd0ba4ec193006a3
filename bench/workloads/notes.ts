/** Clinical notes: written, read by the local engine, and settled as resources (docs/enrichment.md), while nobody else asks for anything. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Workload } from '../workload.ts';

const notes = 1_000;
const notesPerTransaction = 100;
const lookMs = 1_000;

/** Some 2,700 characters, as a visit note has: words of our own, with what notes deny and doubt. */
const paragraph = `HPI: 61-year-old man with type 2 diabetes, hypertension and hyperlipidemia. Reports fatigue and left knee pain for two weeks. Denies chest pain, fever, cough and shortness of breath. No evidence of pneumonia on the chest X-ray. Possible gout.
Medications: metformin 500 mg PO BID, lisinopril 20 mg daily, atorvastatin 40 mg at bedtime. Stopped warfarin last year. Allergies: penicillin.
Exam: BP 142/88 mmHg. Heart rate 76. Lungs clear. No edema. Hemoglobin A1c was 8.1%. Potassium 4.1 mEq/L.
Family history: father had a stroke, mother had breast cancer. Plan: order a CBC and a lipid panel. Return if fever develops. Discussed diet and exercise with the patient at length, who understands and agrees with the plan as outlined above.
`;
const text = paragraph.repeat(3);

export const readingNotes: Workload = {
  name: 'notes',
  description: `${notes} notes of ${text.length} characters in transactions of ${notesPerTransaction}; counts notes until all are read and settled`,
  async run(bench) {
    const server = await bench.freshServer(['--nlp']);
    server.usage();
    const began = performance.now();
    for (let first = 0; first < notes; first += notesPerTransaction) await post(server.baseUrl, first);
    const writtenSeconds = (performance.now() - began) / 1000;
    while ((await total(server.baseUrl, 'Linkage')) < notes) await sleep(lookMs);
    const seconds = (performance.now() - began) / 1000;
    const usage = server.usage();
    const made = await Promise.all(['Condition', 'Observation', 'MedicationStatement', 'AllergyIntolerance', 'FamilyMemberHistory', 'Procedure'].map((type) => total(server.baseUrl, type)));
    const results = made.reduce((sum, count) => sum + count, 0);
    return {
      workload: 'notes',
      dataSet: `${notes} notes of ${text.length} characters`,
      unit: 'notes',
      perSecond: notes / seconds,
      server: usage,
      baselines: [],
      targets: [],
      notes: [
        `${(notes / seconds).toFixed(1)} notes a second, ${results} resources made of them; the last was written after ${writtenSeconds.toFixed(1)} s and read after ${seconds.toFixed(1)} s`,
        `${((usage.cpu * seconds * 1000) / notes).toFixed(1)} ms of CPU a note, all threads together; peak resident memory ${(usage.peakRssBytes / 1e6).toFixed(0)} MB`,
      ],
    };
  },
};

async function post(baseUrl: string, first: number): Promise<void> {
  const data = Buffer.from(text).toString('base64');
  const entry = Array.from({ length: notesPerTransaction }, (_none, place) => ({
    resource: {
      resourceType: 'DocumentReference', id: `n${first + place}`, status: 'current', subject: { reference: `Patient/p${(first + place) % 100}` },
      content: [{ attachment: { contentType: 'text/plain', data } }],
    },
    request: { method: 'PUT', url: `DocumentReference/n${first + place}` },
  }));
  const answer = await fetch(baseUrl, {
    method: 'POST', headers: { 'Content-Type': 'application/fhir+json', Prefer: 'return=minimal' }, body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
  });
  if (answer.status !== 200) throw new Error(`The notes were answered with ${answer.status}.`);
}

async function total(baseUrl: string, type: string): Promise<number> {
  const answer = await fetch(`${baseUrl}/${type}?_summary=count`);
  return ((await answer.json()) as { readonly total: number }).total;
}
