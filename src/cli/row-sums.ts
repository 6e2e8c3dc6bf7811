// What two stores are compared by: per table how many rows there are, and a sum over ids and values that does not depend on their
// order. Nothing of a row can be told from it.
import { createHash } from 'node:crypto';
import type { BackupSlice } from '../store/files/backup.ts';
import { textOf } from '../store/files/record.ts';
import { passes } from '../store/passing.ts';

interface Sum {
  count: number;
  /** Sum of the first 128 bits of a hash of each row, in two halves. */
  high: bigint;
  low: bigint;
}

export class RowSums {
  readonly #sums = new Map<string, Sum>();
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Takes the rows of a backup that goes by; `added` is told how many came. */
  async *watch(lines: AsyncIterable<string>, added: (rows: number) => void): AsyncGenerator<string> {
    for await (const line of lines) {
      const entry = JSON.parse(textOf(Buffer.from(line.slice(0, -1))) ?? '{}') as Partial<BackupSlice>;
      if (entry.table !== undefined && entry.rows && !passes(entry.table)) {
        this.#take(entry.table, entry.rows);
        added(entry.rows.length);
      }
      yield line;
    }
  }

  /** The same when nobody else wants the lines. */
  async read(lines: AsyncIterable<string>, added: (rows: number) => void): Promise<void> {
    for await (const _ of this.watch(lines, added));
  }

  /** What is different, a line for each table; none when all is the same. */
  differences(other: RowSums, names: readonly [own: string, other: string]): string[] {
    const tables = [...new Set([...this.#sums.keys(), ...other.#sums.keys()])].sort();
    return tables.flatMap((table) => {
      const [a, b] = [this.#sums.get(table), other.#sums.get(table)];
      if (a?.count !== b?.count) return `${table}: ${counted(a)} in ${names[0]}, ${counted(b)} in ${names[1]}`;
      return a?.high === b?.high && a?.low === b?.low ? [] : `${table}: ${counted(a)} in each, but not the same`;
    });
  }

  #take(table: string, rows: BackupSlice['rows']): void {
    const sum = this.#sums.get(table) ?? { count: 0, high: 0n, low: 0n };
    this.#sums.set(table, sum);
    for (const [id, , value] of rows) {
      const hash = createHash('sha256')
        .update(JSON.stringify([id, value]))
        .digest();
      sum.high = BigInt.asUintN(64, sum.high + hash.readBigUInt64BE(0));
      sum.low = BigInt.asUintN(64, sum.low + hash.readBigUInt64BE(8));
    }
    sum.count += rows.length;
    this.#rows += rows.length;
  }
}

function counted(sum: Sum | undefined): string {
  const count = sum?.count ?? 0;
  return count === 1 ? '1 row' : `${count} rows`;
}
