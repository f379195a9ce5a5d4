/** The static site of guides and Javadoc. */
package dev.recal.tools.site;
