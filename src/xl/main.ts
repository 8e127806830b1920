/** `bin/xl` with Node: loads nothing but the tool, where `creditlab xl` loads the whole command line. */
import { processWorld } from './process-world.ts';
import { xl } from './xl.ts';

// On Linux what was written has been taken by then, and a timer of a table that was left needn't run down.
process.exit(await xl(process.argv.slice(2), processWorld()));
