package dev.recal.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Importing the BOM manages the versions of Recal's modules only. */
class BomTest {

  @Test
  void listsTheModulesOnly() throws Exception {
    Document bom = read("../bom/pom.xml");
    assertThat(bom.getElementsByTagName("scope").getLength()).isZero();
    assertThat(texts(bom, "groupId")).containsOnly("dev.recal");
    List<String> artifacts = texts(bom, "artifactId");
    assertThat(artifacts.subList(0, 2)).containsExactly("recal", "recal-bom");
    List<String> modules = texts(read("../pom.xml"), "module");
    modules.removeAll(List.of("bom", "libraries"));
    assertThat(artifacts.subList(2, artifacts.size()))
        .isEqualTo(modules.stream().map(module -> "recal-" + module).toList());
  }

  @Test
  void parentManagesNoDependencies() throws Exception {
    Document parent = read("../pom.xml");
    assertThat(parent.getElementsByTagName("dependencyManagement").getLength()).isZero();
    assertThat(parent.getElementsByTagName("parent").getLength()).isZero();
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
