/** Which objects below a prefix are an import's input. */

/** Outputs of imports and exports, which may lie below what is imported. */
const outputOfJob = /(?:^|\/)[0-9a-f]{32}-FHIR_(?:IMPORT|EXPORT)-[0-9a-f]{32}\//;
/** Dot files, and folders that consoles make. */
const noInput = /(?:^|\/)\.[^/]*$|\/$/;

/** The prefix of an import that names what an export wrote. */
const insideExport = /(?:^|\/)[0-9a-f]{32}-FHIR_EXPORT-[0-9a-f]{32}(?:\/|$)/;

/** @param prefix of the import: below the folder of an export, its files are what is meant */
export function isInput(key: string, prefix = ''): boolean {
  return !noInput.test(key) && (insideExport.test(prefix) || !outputOfJob.test(key));
}
