// openapi.mjs FILE: is it a valid OpenAPI document? An opinion that is not ours.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(new URL('../package.json', import.meta.url));
const { Validator } = await import(require.resolve('@seriousme/openapi-schema-validator'));
const result = await new Validator().validate(JSON.parse(readFileSync(process.argv[2], 'utf8')));
if (!result.valid) {
	console.error(JSON.stringify(result.errors, null, 1).slice(0, 4000));
	process.exit(1);
}
