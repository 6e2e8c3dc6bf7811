// The texts of --help.
import type { AnyCommand } from './command.ts';

const EVERYWHERE = `  --config FILE      the settings; else $ROLLCALL_CONFIG, ./config/rollcall.yaml, /etc/rollcall/rollcall.yaml
  --help             this text
  --version          the version`;

export function programHelp(commands: readonly AnyCommand[]): string {
  const longest = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(longest)}  ${summary}`);
  return `Usage: rollcall COMMAND [OPTIONS]

Presence and contacts beside your Asterisk.

${lines.join('\n')}

Every command:
${EVERYWHERE}

Exit codes: 0 done, 1 failed, 2 called wrongly, 3 the settings are wrong.
`;
}

export function commandHelp({ name, usage, summary, about }: AnyCommand): string {
  const more = about ? `\n${about}\n` : '';
  return `Usage: ${`rollcall ${name} ${usage}`.trim()}

${summary[0]?.toUpperCase()}${summary.slice(1)}.
${more}
${EVERYWHERE}
`;
}

/** For the first word of commands of two, such as `user`. */
export function groupHelp(group: string, commands: readonly AnyCommand[]): string {
  const lines = commands.map(({ name, usage, summary }) => `  rollcall ${name} ${usage}\n      ${summary}`);
  return `Usage: rollcall ${group} ...\n\n${lines.join('\n')}\n\n${EVERYWHERE}\n`;
}
