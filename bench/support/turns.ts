// The longest turn of the event loop. A busy machine stretches time and other threads use CPU: of a turn the smaller counts.
import { clockMicros, cpuMicros } from './child.ts';

/** Starts to watch; the function it returns stops and gives the milliseconds of the longest turn. */
export function watchTurns(): () => number {
  let longest = 0;
  let isOn = true;
  let clock = clockMicros();
  let cpu = cpuMicros();
  const look = () => {
    const [clockNow, cpuNow] = [clockMicros(), cpuMicros()];
    longest = Math.max(longest, Math.min(clockNow - clock, cpuNow - cpu));
    [clock, cpu] = [clockNow, cpuNow];
    if (isOn) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    isOn = false;
    return longest / 1000;
  };
}
