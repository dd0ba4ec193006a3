/** Which objects below a prefix are an import's input. */

/** Outputs of imports and exports, which may lie below what is imported. */
const outputOfJob = /(?:^|\/)[0-9a-f]{32}-FHIR_(?:IMPORT|EXPORT)-[0-9a-f]{32}\//;
/** Dot files, and folders that consoles make. */
const noInput = /(?:^|\/)\.[^/]*$|\/$/;

/** The prefix of an import that names what an export wrote. */
const insideExport = /(?:^|\/)[0-9a-f]{32}-FHIR_EXPORT-[0-9a-f]{32}(?:\/|$)/;

/** What an export tells beside resources. */
const besideResources = /(?:^|\/)[0-9a-f]{32}-FHIR_EXPORT-[0-9a-f]{32}\/(?:deleted|errors)\//;

/** @param prefix of the import: below the folder of an export, its files are what is meant */
export function isInput(key: string, prefix = ''): boolean {
  if (noInput.test(key)) return false;
  return insideExport.test(prefix) ? !besideResources.test(key) : !outputOfJob.test(key);
}
