import type { HoldUps } from '../result/result.ts';
import type { HeldUp, Scoreboard } from './scoreboard.ts';

/**
 * Tells a process that was stopped (Ctrl-Z, SIGSTOP) from one that the host gave no time: only the former gets a
 * SIGCONT.
 */
export class SuspensionWatch {
  private continued = 0;
  private readonly onContinue = (): void => {
    this.continued++;
  };

  start(): void {
    this.continued = 0;
    process.on('SIGCONT', this.onContinue);
  }

  end(): void {
    process.off('SIGCONT', this.onContinue);
  }

  /** The intervals in which the process was stopped. A stop is the longest thing that ever holds up the loop. */
  stopped(scoreboard: Scoreboard): HeldUp[] {
    const { intervals } = scoreboard.heldUp();
    const longestFirst = [...intervals].sort((a, b) => b.lengthNs - a.lengthNs);
    return longestFirst.slice(0, this.continued);
  }

  /** All others: the host didn't let the loop run. */
  holdUps(scoreboard: Scoreboard): HoldUps {
    const stopped = this.stopped(scoreboard);
    const { intervals, count } = scoreboard.heldUp();
    const others = intervals.filter(({ atNs }) => !stopped.some((stop) => stop.atNs === atNs));
    const lengths = others.map(({ lengthNs }) => lengthNs);
    return {
      count: count - stopped.length,
      longestNs: Math.max(0, ...lengths),
      totalNs: lengths.reduce((sum, lengthNs) => sum + lengthNs, 0),
    };
  }

  warnings(scoreboard: Scoreboard): string[] {
    const stopped = this.stopped(scoreboard);
    const { count, longestNs } = this.holdUps(scoreboard);
    const warnings = stopped.map(
      (stop) =>
        `the process was stopped for ${seconds(stop.lengthNs)} at ${seconds(stop.atNs)}; execution times leave it out`,
    );
    if (count > 0) {
      warnings.push(
        `the host held up the scheduler ${count} times, for up to ${seconds(longestNs)}: nobody was switched meanwhile`,
      );
    }
    return warnings;
  }
}

function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(1)} s`;
}
