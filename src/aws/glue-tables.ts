/**
 * The lake's tables and views as AWS Glue has them and Athena reads them
 * (https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html). Built here, sent elsewhere (glue-catalog.ts).
 *
 * A table lies over its manifest, a file that names Parquet files, one a line: Athena reads such a list as Hive does, by
 * SymlinkTextInputFormat. A view is kept as Presto keeps one: its statement and columns as JSON in base64.
 */
import type { Column, TableInput } from '@aws-sdk/client-glue';
import type { LakeField, LakeTable, LakeType } from '../fhir/lake/lake-table.ts';
import type { LakeView } from '../fhir/lake/lake-views.ts';
import { lakeViews, versionsTableName } from '../fhir/lake/lake-views.ts';
import { athenaType, glueType } from '../fhir/lake/type-names.ts';

/** https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html */
export const maxColumnTypeLength = 131_072;
/** https://docs.aws.amazon.com/glue/latest/webapi/API_TableInput.html: `ViewOriginalText`. */
export const maxViewTextLength = 409_600;

/** The one catalog of an account, as Athena calls it. */
export const athenaCatalog = 'awsdatacatalog';

/** @param addressesOf where the manifest of a table lies, and nothing else: `s3://bucket/…/`. @returns all that the database of a data store has */
export function catalogTables(tables: readonly LakeTable[], database: string, addressesOf: (table: string) => string): readonly TableInput[] {
  return tables.flatMap((table) => [versionsTable(table, addressesOf(table.name)), ...lakeViews(table).map((view) => prestoView(view, database))]);
}

/** @param location where the manifest lies, and nothing else: `s3://bucket/…/` */
export function versionsTable({ name, columns }: LakeTable, location: string): TableInput {
  return {
    Name: versionsTableName(name),
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', classification: 'parquet' },
    StorageDescriptor: {
      Columns: columns.map(columnOf),
      Location: location,
      InputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}

/** @param database where its statement looks for tables */
export function prestoView({ name, columns, statement }: LakeView, database: string): TableInput {
  const view = {
    originalSql: statement, catalog: athenaCatalog, schema: database,
    columns: columns.map((column) => ({ name: column.name, type: quotedType(column.type) })),
  };
  return {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    Parameters: { presto_view: 'true', comment: 'Presto View' },
    ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`,
    ViewExpandedText: '/* Presto View */',
    // Glue asks for a SerDe, and nobody reads it.
    StorageDescriptor: { Columns: columns.map(columnOf), SerdeInfo: { Name: '-', SerializationLibrary: '-' } },
  };
}

function columnOf({ name, type }: LakeField): Column {
  return { Name: name, Type: glueType(type) };
}

/** The type as it is read again with a view: `end` is a word of SQL, and a field of a Period. */
function quotedType(type: LakeType): string {
  if (type.kind === 'scalar') return athenaType(type);
  if (type.kind === 'array') return `array(${quotedType(type.element)})`;
  return `row(${type.fields.map((field) => `"${field.name}" ${quotedType(field.type)}`).join(', ')})`;
}
