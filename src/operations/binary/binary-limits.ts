/** How large a Binary may be (https://hl7.org/fhir/R4/binary.html), and where its content lies. */
import { maxResourceBytes } from '../table.ts';

/** HealthLake's limit for a Binary. */
export const maxBinaryBytes = 164 * 1024 * 1024;

/** Room for everything of a Binary but its data. */
const surroundingsBytes = 64 * 1024;

/**
 * The most that a Binary holds as `data`: in base64, four characters for three bytes, it is still within what one resource
 * may have. Larger contents lie in the object store, and such a Binary has no JSON with `data`.
 */
export const maxDataBytes = Math.floor((maxResourceBytes - surroundingsBytes) / 4) * 3;
