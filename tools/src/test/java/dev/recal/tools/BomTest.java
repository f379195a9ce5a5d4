package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Importing the BOM brings the versions of Recal's modules, and of nothing else. */
class BomTest {

  @Test
  void itListsTheModulesAndNothingElse() throws Exception {
    Document bom = read("../bom/pom.xml");
    assertThat(bom.getElementsByTagName("parent").getLength()).isZero();
    assertThat(bom.getElementsByTagName("scope").getLength()).isZero();
    assertThat(texts(bom, "groupId")).containsOnly("dev.recal");
    List<String> artifacts = texts(bom, "artifactId");
    assertThat(artifacts.remove(0)).isEqualTo("recal-bom");
    List<String> modules = texts(read("../pom.xml"), "module");
    assertThat(modules.remove(0)).isEqualTo("bom");
    assertThat(artifacts).isEqualTo(modules);
  }

  @Test
  void itHasTheVersionOfTheModules() throws Exception {
    assertThat(texts(read("../bom/pom.xml"), "version").get(0))
        .isEqualTo(texts(read("../pom.xml"), "version").get(0));
  }

  private static Document read(String file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new File(file));
  }

  private static List<String> texts(Document document, String element) {
    NodeList nodes = document.getElementsByTagName(element);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent().strip());
    }
    return texts;
  }
}
