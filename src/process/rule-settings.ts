// Which rules are on in a run: what the config file says, then the variable, then the command line; what comes later counts.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import { joinSettings, parseIgnored, parseSetting, rules, type RuleSettings } from '../rules/index.ts';

/** What was said about rules, as text. */
export interface RuleTexts {
  /** `LOOPSCOPE_RULES`: settings with commas between them; null where it is not set. */
  readonly variable: string | null;
  /** Where to look for a config file: here, and in the folders above. */
  readonly directory: string;
  /** Of `--rule` and `--ignore`. */
  readonly rule?: readonly string[];
  readonly ignore?: readonly string[];
}

/** Reads them all. Throws UsageError where one makes no sense, in one sentence that says where it stands. */
export function readRuleSettings({ variable, directory, rule = [], ignore = [] }: RuleTexts): RuleSettings {
  const listed = (variable ?? '').split(',').flatMap((text) => text.trim() || []);
  return joinSettings([
    ...readConfigFile(directory),
    ...listed.map((text) => settingOf('LOOPSCOPE_RULES', parseSetting(text, rules))),
    ...rule.map((text) => settingOf('--rule', parseSetting(text, rules))),
    ...ignore.map((text) => settingOf('--ignore', parseIgnored(text, rules))),
  ]);
}

function settingOf(where: string, setting: RuleSettings | string): RuleSettings {
  if (typeof setting === 'string') throw new UsageError(`${where}: ${setting}`);
  return setting;
}

/** Of `loopscope.config.json`, or the field `loopscope` of `package.json`, whichever is found first on the way up. */
function readConfigFile(directory: string): RuleSettings[] {
  for (let folder = directory; ; folder = dirname(folder)) {
    const own = join(folder, 'loopscope.config.json');
    const config = readObject(own);
    if (config !== undefined) return settingsIn(config, own);
    const manifest = join(folder, 'package.json');
    const field = (readObject(manifest, false) as { readonly loopscope?: unknown } | null | undefined)?.loopscope;
    if (field !== undefined) return settingsIn(field, `the field "loopscope" of ${manifest}`);
    if (dirname(folder) === folder) return [];
  }
}

/** Undefined where there is no such file; a file that is not ours may be what it likes. */
function readObject(file: string, isOurs = true): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (isOurs) throw new UsageError(`${file} is no JSON: ${(error as Error).message}`);
    return undefined;
  }
}

/** `{ "rules": { "long-hold": "2m", "stuck-task:poll *": "off", "unbounded-queue": 50000 } }` */
function settingsIn(config: unknown, where: string): RuleSettings[] {
  const { rules: table = {}, ...others } = isObject(config) ? config : { rules: null };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new UsageError(`${where} has ${JSON.stringify(unknown)}; known is "rules"`);
  if (!isObject(table)) throw new UsageError(`${where} must be an object such as { "rules": { "long-hold": "2m" } }`);
  return Object.entries(table).map(([name, value]) => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
    return settingOf(where, parseSetting(`${name}=${value === false ? 'off' : text}`, rules));
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
