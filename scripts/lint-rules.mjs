/** Lint rules of our own, loaded by oxlint: what its built-in ones cannot say. */

/** Names that say nothing of what the file holds, so that anything may end up in it. */
const tellingNothing = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'manager']);

export default {
  meta: { name: 'caldera' },
  rules: {
    /** `new Date()` and `Date()` read the machine's clock; the time comes in through the clock port. */
    'no-ambient-time': {
      create(context) {
        const check = (node) => {
          if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
            context.report({ node, message: 'Take the time from the clock port: this code runs the same on every runtime and in tests.' });
          }
        };
        return { NewExpression: check, CallExpression: check };
      },
    },
    'telling-file-name': {
      create(context) {
        return {
          Program(node) {
            const name = context.filename.replace(/^.*[/\\]/, '').split('.')[0];
            if (tellingNothing.has(name)) context.report({ node, message: `Name the file for the one idea it holds, not "${name}".` });
          },
        };
      },
    },
    /** A rule switched off without a word teaches nobody anything. */
    'reasoned-exception': {
      create(context) {
        return {
          Program() {
            for (const comment of context.sourceCode.getAllComments()) {
              if (!/^\s*(?:oxlint|eslint)-disable/.test(comment.value)) continue;
              if (!/\s--\s\S/.test(comment.value)) {
                context.report({ loc: comment.loc, message: 'Say why: `// oxlint-disable-next-line rule -- the reason`.' });
              }
            }
          },
        };
      },
    },
  },
};
