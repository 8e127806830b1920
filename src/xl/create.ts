/** `xl create [FILE] [key=value…]`: a VM as scenario files describe one. */
import { dirname, resolve } from 'node:path';
import { LabError } from '../base/errors.ts';
import type { Call, XlCommand } from './command.ts';
import { change } from './explain.ts';

/** What Xen's configuration files call otherwise, or have and VMs here haven't. */
const XEN_KEYS: Readonly<Record<string, string>> = {
  cpu_weight: 'weight is the key',
  cpus: 'pin is the key, with a list: pin: [0, 1]',
  maxvcpus: 'vcpus is the key',
  memory: 'nothing hands out memory here',
  kernel: 'no operating system runs here: workload is what the vCPUs compute',
  disk: 'VMs have no devices here',
  vif: 'VMs have no devices here',
};

export const create: XlCommand = {
  name: 'create',
  does: 'Create a domain from a file with one VM of a scenario, from key=value, or from --vm',
  operands: [{ name: 'file|key=value', isOptional: true, isRepeated: true }],
  options: [
    { short: 'f', long: 'defconfig', takes: 'file', does: 'the file' },
    {
      long: 'vm',
      takes: 'spec',
      does: "the VM as 'creditlab run --vm' has it: C:weight=512,workload=matmul",
    },
    { short: 'p', long: 'paused', does: 'pause it as soon as it is created' },
    { short: 'q', long: 'quiet', does: 'print nothing' },
    {
      short: 'n',
      long: 'dryrun',
      does: 'only print the configuration',
      refusal: "'creditlab sim' tells what would happen",
    },
    { short: 'c', long: 'console', does: 'connect to its console', refusal: 'VMs have no console' },
    { short: 'V', long: 'vncviewer', does: 'show its screen', refusal: 'VMs have no screen' },
    { short: 'A', long: 'vncviewer-autopass', does: 'the same', refusal: 'VMs have no screen' },
    { short: 'F', long: 'foreground', does: 'stay', refusal: "'creditlab up' is what stays" },
    { short: 'e', long: 'exit', does: 'leave it alone', refusal: "'creditlab up' looks after it" },
  ],
  // It reads a file that only this process may find.
  isQuick: false,
  async run(call) {
    const vm = await describedVm(call);
    const made = await change(call, { command: 'create', vm });
    if (call.given.options.has('paused')) await change(call, { command: 'pause', vm: made.vm });
  },
};

async function describedVm(call: Call): Promise<object> {
  const { given, world } = call;
  const pairs = given.operands.filter((operand) => operand.includes('='));
  const files = given.operands.filter((operand) => !operand.includes('='));
  const named = given.options.get('defconfig');
  const [file, another] = named === undefined ? files : [named, ...files];
  const spec = given.options.get('vm');
  if (another !== undefined) throw wrong('one domain is created at a time', `'${another}' beside '${file}'`);
  if (spec !== undefined && file !== undefined) throw wrong('a VM comes from a file or from --vm, not both');
  if (spec === undefined && file === undefined && pairs.length === 0) {
    throw new LabError('BAD_OPTION', 'there is nothing to create', {
      where: 'create',
      expected: 'a file with a VM, key=value, or --vm',
      hint: 'xl create name=C weight=512 workload=matmul',
    });
  }
  if (file !== undefined && !given.options.has('quiet')) world.out(`Parsing config from ${file}\n`);
  const base =
    file !== undefined
      ? await vmOfFile(resolve(world.directory, file), file)
      : spec !== undefined
        ? await vmOfSpec(spec)
        : {};
  const vm = { ...base, ...(await valuesOf(pairs)) };
  const from = file === undefined ? world.directory : dirname(resolve(world.directory, file));
  return withAbsolutePath(vm, from);
}

async function vmOfFile(path: string, shown: string): Promise<Record<string, unknown>> {
  const { readYaml } = await import('../scenario/yaml-source.ts');
  const { value } = readYaml(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LabError('BAD_SCENARIO', 'this is no VM', {
      where: shown,
      expected: 'a mapping such as { name: C, weight: 512 }',
      hint: "configuration files of Xen's are of another kind: write 'name: C', not 'name = \"C\"'",
    });
  }
  const vm = value as Record<string, unknown>;
  if ('vms' in vm || 'rows' in vm) {
    throw new LabError('BAD_SCENARIO', 'this is a whole scenario, not one VM', {
      where: shown,
      expected: 'a mapping such as { name: C, weight: 512 }',
      hint: `'creditlab up ${shown}' starts a host with it`,
    });
  }
  const key = Object.keys(XEN_KEYS).find((each) => each in vm);
  if (key === undefined) return vm;
  throw new LabError('BAD_SCENARIO', `'${key}' is Xen's, and not here`, {
    where: shown,
    hint: XEN_KEYS[key],
  });
}

async function vmOfSpec(spec: string): Promise<Record<string, unknown>> {
  const { flagSource } = await import('../scenario/flag-source.ts');
  const { value } = flagSource({ vm: [spec] }, '.');
  const { vms } = value as { readonly vms: readonly Record<string, unknown>[] };
  return vms[0];
}

/** `weight=512` */
async function valuesOf(pairs: readonly string[]): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const [key, text] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    if (Object.hasOwn(values, key)) throw wrong(`'${key}' is given twice`, `'${pair}'`);
    if (Object.hasOwn(XEN_KEYS, key)) {
      throw new LabError('BAD_OPTION', `'${key}' is Xen's, and not here`, {
        where: 'create',
        hint: XEN_KEYS[key],
      });
    }
    values[key] = key === 'pin' ? await cpusOf(text) : await valueOf(key, text);
  }
  return values;
}

async function valueOf(key: string, text: string): Promise<string | number | boolean> {
  const { vmValue } = await import('../scenario/flag-source.ts');
  return vmValue(key, text);
}

async function cpusOf(text: string): Promise<readonly number[]> {
  const { parseCpuList } = await import('../scenario/cpu-list.ts');
  const parsed = parseCpuList(text);
  if (parsed.ok) return parsed.value;
  throw new LabError('BAD_OPTION', parsed.message, {
    where: 'create',
    expected: parsed.expected,
    got: `'${text}'`,
  });
}

/** The host has another directory. */
async function withAbsolutePath(vm: Record<string, unknown>, from: string): Promise<object> {
  const { workload } = vm;
  if (typeof workload !== 'string') return vm;
  const { isBuiltin } = await import('../workload/catalogue.ts');
  if (isBuiltin(workload)) return vm;
  const { resolveWorkload } = await import('../workload/resolve.ts');
  return { ...vm, workload: resolveWorkload(workload, from) };
}

function wrong(message: string, got?: string): LabError {
  return new LabError('BAD_OPTION', message, { where: 'create', ...(got !== undefined && { got }) });
}
