import initSqlJs from 'sql.js';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';

const SQL = await initSqlJs();

const CUSTOMERS = 50;
const REPORT = `
  SELECT c.name, count(*), sum(o.price * o.amount), max(o.price)
  FROM orders o JOIN customers c ON c.id = o.customer
  WHERE o.amount > 2 GROUP BY c.id ORDER BY 3 DESC, 1`;

/**
 * SQLite in WebAssembly. A step is one transaction on a database in memory: 40 orders are added, some prices change, a
 * report joins and sorts, and all is rolled back, so that the next step finds what this one found.
 */
export default cyclic({
  name: 'sql-js',
  description: 'SQLite in WebAssembly: a transaction on a database of size orders',
  defaultSize: 4000,
  sizes: { min: 100, max: 100_000 },
  period: () => 8,
  prepare(seed, size) {
    const random = new Random(seed);
    const database = new SQL.Database();
    database.run('CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)');
    database.run(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, price INTEGER, amount INTEGER)',
    );
    database.run('CREATE INDEX by_customer ON orders (customer)');
    database.run('BEGIN');
    for (let i = 0; i < CUSTOMERS; i++)
      database.run('INSERT INTO customers (name) VALUES (?)', [`customer ${i}`]);
    const add = database.prepare('INSERT INTO orders (customer, price, amount) VALUES (?, ?, ?)');
    const row = (): number[] => [1 + random.below(CUSTOMERS), random.below(10_000), 1 + random.below(9)];
    for (let i = 0; i < size; i++) add.run(row());
    database.run('COMMIT');
    const added = Array.from({ length: 40 }, row);
    return { database, add, added };
  },
  unit({ database, add, added }, index) {
    database.run('BEGIN');
    for (const row of added) add.run(row);
    database.run('UPDATE orders SET price = price + 7 WHERE customer % 8 = ?', [index]);
    const [{ values }] = database.exec(REPORT);
    database.run('ROLLBACK');
    return wordOfText(values.join('\n'));
  },
});
