import base from '/work/main/vitest.config.ts';
const test = { ...base.test, globalSetup: [] };
export default { ...base, root: '/tmp/vcf/tree', test };
