/** Where notes are read: Amazon Comprehend Medical is not to be had in every region. */
import { ownRegion } from './names.ts';

/**
 * Regions that have the service, of https://docs.aws.amazon.com/general/latest/gr/comprehend-med.html as of November 2026. One that is added
 * there is named by the setting `comprehendMedicalRegion` until it is here.
 */
export const medicalRegions: readonly string[] = [
  'ap-southeast-2', 'ca-central-1', 'eu-west-1', 'eu-west-2', 'us-east-1', 'us-east-2', 'us-gov-west-1', 'us-west-2',
];

/** @param chosen a region, or `ownRegion`. @returns `undefined` where notes cannot be read */
export function medicalRegion(own: string, chosen: string): string | undefined {
  if (chosen !== ownRegion) return chosen;
  return medicalRegions.includes(own) ? own : undefined;
}

/** What is told to whoever has notes of a data store read where they cannot be. */
export function notesRefusal(own: string, chosen: string): string | undefined {
  if (medicalRegion(own, chosen) !== undefined) return undefined;
  return `Notes cannot be read here: Amazon Comprehend Medical is not to be had in ${own}, but in ${medicalRegions.join(', ')}. ` +
    'Deploy there, or with the setting comprehendMedicalRegion, by which the text of notes goes to the region that it names (docs/enrichment.md).';
}
