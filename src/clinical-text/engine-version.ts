/** How the local engine is named, for whoever has another thread read by it. */

/** Goes up with every change of the rules or of the sample: notes read by another version are read anew. */
export const localEngineVersion = '1.3.0';

/** @param revision of the user's own lexicon */
export function versionOf(revision?: string): string {
  return revision === undefined ? localEngineVersion : `${localEngineVersion}+${revision}`;
}

/** `ClinicalNlp.engine` of it. */
export function localEngineName(revision?: string): string {
  return `caldera-lexicon/${versionOf(revision)}`;
}
