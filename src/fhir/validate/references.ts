/** The forms of a literal reference (https://hl7.org/fhir/R4/references.html#literal) and the type it leads to. */
import { isResourceType } from '../structures.ts';

const relative = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
/** Resolved by the server within a transaction (https://hl7.org/fhir/R4/http.html#trules). */
const conditional = /^([A-Z][A-Za-z]+)\?\S+$/;
const restful = /^https?:\/\/[^?#]*\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const urnUuid = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const urnOid = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/;
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

export interface ReferenceForm {
  readonly isValid: boolean;
  /** The type of the resource it leads to, where the reference itself says so. */
  readonly type?: string;
}

const unknownTarget: ReferenceForm = { isValid: true };
const invalid: ReferenceForm = { isValid: false };

/** @param reference anything but a `#fragment`. */
export function referenceForm(reference: string): ReferenceForm {
  const type = relative.test(reference) ? reference.slice(0, reference.indexOf('/')) : conditional.exec(reference)?.[1];
  if (type !== undefined) return isResourceType(type) ? { isValid: true, type } : invalid;
  if (reference.startsWith('urn:uuid:')) return urnUuid.test(reference) ? unknownTarget : invalid;
  if (reference.startsWith('urn:oid:')) return urnOid.test(reference) ? unknownTarget : invalid;
  if (!absolute.test(reference)) return invalid;
  const remoteType = restful.exec(reference)?.[1];
  return isResourceType(remoteType) ? { isValid: true, type: remoteType } : unknownTarget;
}
