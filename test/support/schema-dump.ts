import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';

/** The schemas that are ours. */
const SCHEMAS = ['keys', 'mayfly'] as const;

interface Line {
  line: string;
}

/** Every table, column, constraint, index and function of the database as text, in an order of its own. */
export async function dumpSchema(db: Database): Promise<string> {
  const schemas = sql.join(SCHEMAS);
  const columns = await sql<Line>`
    SELECT format('column %s.%s.%s %s%s%s', table_schema, table_name, column_name, data_type,
      CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END,
      coalesce(' DEFAULT ' || column_default, CASE WHEN is_identity = 'YES' THEN ' IDENTITY' END, '')) AS line
    FROM information_schema.columns WHERE table_schema IN (${schemas})`.execute(db);
  const constraints = await sql<Line>`
    SELECT format('constraint %s.%s %s', n.nspname, t.relname, pg_get_constraintdef(c.oid)) AS line
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname IN (${schemas}) AND c.contype <> 'n'`.execute(db);
  const indexes = await sql<Line>`
    SELECT 'index ' || indexdef AS line FROM pg_indexes WHERE schemaname IN (${schemas})`.execute(
    db,
  );
  const functions = await sql<Line>`
    SELECT 'function ' || regexp_replace(pg_get_functiondef(p.oid), '\\s+', ' ', 'g') AS line
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN (${schemas})`.execute(
    db,
  );
  const all = [columns, constraints, indexes, functions].flatMap(({ rows }) => rows);
  const lines = all.map(({ line }) => line);
  return `${lines.sort().join('\n')}\n`;
}
