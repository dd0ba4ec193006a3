/**
 * The number of the rules by which entries are computed: parameters and their expressions, families, positions, hashes.
 * It stands in every version and in every partition. A change of the rules is a new generation, searched only when every
 * resource has been indexed under it.
 */
export const generation = 2;
