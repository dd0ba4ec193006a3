/** The views that Caldera brings along: their definitions, and the statements that they come to. */
import type { Query } from '../ast.ts';
import type { KnownColumn } from '../check.ts';
import { compileView } from './compile-view.ts';
import { conditions, encounters, observations, patientDemographics, procedures } from './shipped/clinical-views.ts';
import { featureColumns, patientFeatures } from './shipped/patient-features.ts';
import type { ShippedView } from './shipped/view.ts';
import { allergies, documentEntities, documents, immunizations, medications } from './shipped/treatment-views.ts';

/** What `POST [base]/sql` knows by its name. */
export interface NamedView {
  readonly name: string;
  readonly columns: readonly KnownColumn[];
  readonly query: Query;
}

/** ViewDefinitions, as a server stores them. */
export const shippedDefinitions: readonly ShippedView[] = [
  patientDemographics, conditions, observations, encounters, medications, procedures, immunizations, allergies, documents, documentEntities,
];

const features = 'patient_features';

export const shippedViewNames: readonly string[] = [...shippedDefinitions.map(({ name }) => name), features];

let views: ReadonlyMap<string, NamedView> | undefined;

/** All of them by name; compiled when they are first asked for. */
export function shippedViews(): ReadonlyMap<string, NamedView> {
  return (views ??= compiledViews());
}

function compiledViews(): ReadonlyMap<string, NamedView> {
  const found = new Map<string, NamedView>();
  for (const definition of shippedDefinitions) {
    const { name } = definition;
    const { query, columns } = compileView(definition);
    found.set(name, { name, query, columns: columns.map((column) => ({ name: column.name, type: column.sqlType })) });
  }
  found.set(features, { name: features, columns: featureColumns, query: patientFeatures((view) => found.get(view)!.query) });
  return found;
}

