/** Which objects below a prefix are an import's input. */

/** Outputs of imports and exports, which may lie below what is imported. */
const outputOfJob = /(?:^|\/)[0-9a-f]{32}-FHIR_(?:IMPORT|EXPORT)-[0-9a-f]{32}\//;
/** Dot files, and folders that consoles make. */
const noInput = /(?:^|\/)\.[^/]*$|\/$/;

export function isInput(key: string): boolean {
  return !noInput.test(key) && !outputOfJob.test(key);
}
