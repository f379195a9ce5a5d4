/** Generators of images for the commands: trained ones opened, exported, and asked. */
package dev.recal.tools.synthesis;
