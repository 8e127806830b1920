/** What fields of results are made of: kinds of numbers, units, and notes that several fields share. */
import { z } from 'zod';

export const count = z.int().min(0);
export const ns = z.number().min(0);
export const cpu = z.int().min(0);
export const NS = { unit: 'ns' };
export const SHARE = { unit: '% of one pCPU' };
export const OLDER = 'absent: an older file';
export const SIMULATED = 'absent: simulated';
