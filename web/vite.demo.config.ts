// The demo shop. It is built after the widget, into the same folder.
import { defineConfig } from "vite";

export default defineConfig({
  root: "demo",
  build: {
    outDir: "../dist",
    emptyOutDir: false,
    target: ["es2020", "chrome80", "safari14"],
    modulePreload: false,
    // Inline data would need a hole in the page's content security policy.
    assetsInlineLimit: 0,
  },
});
