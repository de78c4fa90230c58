// One classic script that any page can load with a script tag.
import ts from "typescript";
import { defineConfig, type Plugin } from "vite";

/** Private names hold while compiling; in what old browsers read, each would be a WeakMap, 3 kB of the script in all. */
const plainPrivates: Plugin = {
  name: "plain-privates",
  enforce: "pre",
  transform(code, id) {
    if (!id.endsWith(".ts")) return null;
    const letters = code.split("");
    const visit = (node: ts.Node): void => {
      if (ts.isPrivateIdentifier(node)) letters[node.getStart()] = "_";
      node.forEachChild(visit);
    };
    visit(ts.createSourceFile(id, code, ts.ScriptTarget.Latest, true));
    return { code: letters.join(""), map: null }; // Nothing moved.
  },
};

export default defineConfig({
  plugins: [plainPrivates],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // WebViews inside shopping and chat apps lag years behind browsers. ES2020 is what Chrome 80 and Safari 14 read; naming
    // these instead would also rewrite every `?.`, for a fault of old Chromes with `?.(...spread)` that no code here meets.
    target: "es2020",
    cssTarget: ["chrome80", "safari14"],
    lib: { entry: "widget/main.ts", formats: ["iife"], name: "DaoZhang", fileName: () => "widget.js" },
  },
});
