// Burns the CPU that it is told, until it is killed: somebody else's program.
import { checked, loadNative } from '../../src/addon/native.ts';

checked('pin the hog', loadNative().setAffinity(0, Int32Array.of(Number(process.argv[2]))));
process.send?.('burning');
for (;;);
