/**
 * Parameters that read the same elements share one family: `patient` stands in `subject`, `code` in `combo-code`.
 * The family is a superset; `match` settles the difference.
 */

/** The parameter under whose name the entries of `parameter` are filed. */
export function familyParameter(_type: string, parameter: string): string {
  return parameter;
}
