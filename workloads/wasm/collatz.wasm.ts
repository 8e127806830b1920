// Compiled from collatz.wat by scripts/build-wasm.mjs; edit that file, not this one.
export default 'AGFzbQEAAAABBwFgAn9/AX8DAgEABw4BCnRvdGFsU3RlcHMAAApbAVkCAX4BfwJAA0AgAUUNASAArSECAkADQCACQg' +
  'FYDQEgAkIBg1AEQCACQgGIIQIFIAJCA35CAXwhAgsgA0EBaiEDDAALCyAAQQFqIQAgAUEBayEBDAALCyADCw==';
